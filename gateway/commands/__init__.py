"""The sub-commands of `gateway`, one module each."""
