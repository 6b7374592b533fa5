from infra.service.program import build
from infra.start import start

start(build)
