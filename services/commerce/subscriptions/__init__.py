"""What is paid in charges, from the first to the last."""
