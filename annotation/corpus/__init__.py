"""Problems and solutions on their way into the tables, wherever they come from."""
