from infra.foundation.program import build
from infra.start import start

start(build)
