"""The phrases of the report, each in English and Chinese; `labels` looks them up."""
