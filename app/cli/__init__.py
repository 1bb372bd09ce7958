"""The `tandem` command, a file per topic: parse, call one use case, print."""
