"""The agent's behaviour, row by row, on two engines."""
