"""What has changed, for who watches."""
