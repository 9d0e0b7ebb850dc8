// Sets the clock of the worker at hand as the address it was started by says.

import { setClock } from "./wrong_clock_here.ts";

const { location } = self as unknown as { location: { search: string } };
setClock(decodeURIComponent(location.search.slice(1)));
