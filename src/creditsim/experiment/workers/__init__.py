"""Where runs are executed: processes of this machine or a Dask cluster, and how often each run is tried."""
