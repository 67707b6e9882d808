"""What HTTP asks of every answer: headers, ranges, problems, expectations, the CloudEvents binding."""
