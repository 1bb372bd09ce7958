"""Work and questions on their way to a reviewer and back."""
