from infra.data.program import build
from infra.start import start

start(build)
