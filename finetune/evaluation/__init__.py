"""What a model is worth: metrics, significance, forgetting, and the report of a run."""
