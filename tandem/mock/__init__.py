"""The mock server: answers from contracts, with memory, scenarios and faults; Prism makes what no example says."""
