"""What leaves this machine: mail by SMTP, posts to others. Nothing does unless configured."""
