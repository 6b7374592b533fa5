"""Releases on ECS: started, followed, taken back; pure decisions over what the API answers, and a thin adapter."""
