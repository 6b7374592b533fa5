from infra.foundation.program import build

build()
