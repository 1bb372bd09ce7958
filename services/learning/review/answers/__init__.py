"""What a reviewer says to work and questions: passed on, drafted by a model, taken back."""
