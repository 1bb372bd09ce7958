// What is read from the server is kept and read anew in one place; a refusal is not asked for again.
import { QueryClient } from "@tanstack/react-query";

import { ProblemError } from "./client";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => !(error instanceof ProblemError && error.problem.status < 500) && count < 2,
    },
  },
});
