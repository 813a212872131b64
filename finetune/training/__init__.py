"""From pairs to weights: losses, hard negatives, checkpoints, several processes."""
