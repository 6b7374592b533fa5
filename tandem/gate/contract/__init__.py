"""The contract stage: the contract as a document, and the service that says it keeps it."""
