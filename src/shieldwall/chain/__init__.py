"""Settlement on a chain: the contract's interface, an embedded EVM, its pure-Python twin and the audit."""
