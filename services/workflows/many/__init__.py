"""What is done with many people at once: chosen, acted on, written out, brought in, each by a long job."""
