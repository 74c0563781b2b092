/** The reference values of `tests/golden/06_calibration`, for the tests of this folder. */
import { goldenFolder } from "../../tests/golden_folder.ts";

export const { goldenColumns, goldenExpected } = goldenFolder("06_calibration");
