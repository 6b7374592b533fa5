"""Services of AWS behind the kit's interfaces. boto3 blocks, so every call runs in a thread."""
