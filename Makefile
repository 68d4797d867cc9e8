.PHONY: demo test lint bench soak
demo test lint bench soak:
	./dev $@
