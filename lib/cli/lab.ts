import { installKernel } from "../notebook/mod.ts";
import { ROOT } from "./place.ts";

/** `credible lab`: JupyterLab on the notebooks, with the Deno kernel; says how to get JupyterLab where there is none. */
export async function lab(): Promise<number> {
  const { binary } = await installKernel();
  try {
    const jupyter = new Deno.Command("jupyter", { args: ["lab", "notebooks"], cwd: ROOT }).spawn();
    return (await jupyter.status).code === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(
      "Cannot open JupyterLab: the program `jupyter` is not there. Install it with Python (pip install jupyterlab),",
    );
    console.error(
      `or open the folder in VS Code with its Jupyter extension. The kernel "Deno" is installed (${binary}).`,
    );
    return 1;
  }
}
