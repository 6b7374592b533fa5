from infra.service.program import build

build()
