"""Open bidding (挂牌、拍卖、网络竞价): paddles, offers in the log's order, an end that offers put off, a result."""
