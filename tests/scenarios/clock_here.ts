// Sets the clock of the worker at hand as many minutes ahead as the address it was started by says.

const { location } = self as unknown as { location: { search: string } };
const ahead = Number(location.search.slice(1)) * 60_000;
const trueNow = Date.now;
Date.now = () => trueNow() + ahead;
