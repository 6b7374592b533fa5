"""Whether a service may ship: stages that each ask one thing of it, and one verdict over all of them.

The engine runs stages and says what happens as events; whoever shows or keeps them is its listener.
"""
