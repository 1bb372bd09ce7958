"""The room of learning over HTTP: runs, work and questions that wait, certificates."""
