"""What every room shares: types, errors, paths, the model registry and the metrics.

Imports neither torch nor chromadb nor llama_index nor gradio; a test holds that.
"""
