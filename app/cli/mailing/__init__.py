"""The commands for speaking to many: broadcasts, segments, outreaches, lists from elsewhere."""
