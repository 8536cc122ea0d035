"""What each RPC of the master does: one file per family, each function registered by the name of its RPC."""
