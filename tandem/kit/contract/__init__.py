"""Reading contracts: files, references, operations, and the checks made from them."""

from tandem.kit.contract.bundle import Bundle, bundle
from tandem.kit.contract.operations import Contract, Operation, Parameter, Response, Slo, load_contract
from tandem.kit.contract.source import ContractError, SourceFile, read

__all__ = [
    "Bundle",
    "Contract",
    "ContractError",
    "Operation",
    "Parameter",
    "Response",
    "Slo",
    "SourceFile",
    "bundle",
    "load_contract",
    "read",
]
