# Everything that judges: tests, sanitizers, the ABI, style.
.PHONY: abi abi-update
abi-update: ## write core/sabir.map and core/abi/symbols.txt anew from the headers
	tools/abi update
