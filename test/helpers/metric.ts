/** What a gateway counts, read where Prometheus would. */
import { send } from './requests.js';

/** Sum of a metric's samples over all labels that contain `label`; `admin` is the admin port's address. */
export async function readMetric(admin: string, name: string, label = ''): Promise<number> {
  const { text } = await send(`${admin}/metrics`, { method: 'GET' });
  const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const wanted = samples.filter((line) => line.includes(label));
  return wanted.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
