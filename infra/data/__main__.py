from infra.data.program import build

build()
