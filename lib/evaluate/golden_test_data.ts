/** The reference values of `tests/golden/07_metrics`, for the tests of this folder. */
import { goldenFolder } from "../../tests/golden_folder.ts";

export const { goldenColumns, goldenExpected } = goldenFolder("07_metrics");
