"""The same work in blocks, here or on a Dask cluster, with a checkpoint for every block."""
