"""What whoever runs the gateway can see of it: figures for Prometheus, health, traces. Never claim content, never a secret."""
