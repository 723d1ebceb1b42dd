// What every page of the leaderboard does: its theme, its tables.

import { setUpTables } from "./table.mjs";
import { setUpTheme } from "./theme.mjs";

setUpTheme(document);
setUpTables(document);
