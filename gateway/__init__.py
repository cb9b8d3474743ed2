"""A mirror of the Claims Portal's A2A interface."""
