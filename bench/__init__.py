"""Speed as ratios: every figure is compared with a bare bot, or with itself at another size, in the same run."""
