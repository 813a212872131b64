"""The Gradio application and the command line: the only place that imports gradio."""
