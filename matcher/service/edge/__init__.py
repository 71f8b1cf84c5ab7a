"""What stands between the network and the routes: headers, limits, connections, measurements."""
