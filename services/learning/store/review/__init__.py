"""The SQL of work handed in, questions and the reviewers' cards."""
