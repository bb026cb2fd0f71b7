"""From vectors and facts to understanding: neighbours, topics, labels, the map, the graph, contexts."""
