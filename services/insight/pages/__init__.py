"""The pages of the numbers as a panel shows them: each number of people with the condition that lists them."""
