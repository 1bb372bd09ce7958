// Where the steps of a map stand: computed from their ways each time, top-down; nothing of it is kept.
import { graphlib, layout } from "@dagrejs/dagre";

import type { Way } from "./ways";

export const WIDTH = 190;
export const HEIGHT = 76;
const LETTER = 7; // about how wide one is
const MOST_LABEL = 160;

type Point = { x: number; y: number };
export type Placed = { key: string; left: number; top: number };
export type Line = Way & { points: Point[]; at: Point };
export type Laid = { width: number; height: number; steps: Placed[]; lines: Line[] };

export function layOut(keys: readonly string[], ways: readonly Way[]): Laid {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 36, marginx: 12, marginy: 12 });
  for (const key of keys) graph.setNode(key, { width: WIDTH, height: HEIGHT });
  ways.forEach(({ from, to, words }, number) => {
    const size = words ? { width: Math.min(MOST_LABEL, words.length * LETTER + 8), height: 18 } : { width: 0, height: 0 };
    graph.setEdge(from, to, { ...size, labelpos: "c" }, String(number));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    steps: keys.map((key) => {
      const { x, y } = graph.node(key) as Point;
      return { key, left: x - WIDTH / 2, top: y - HEIGHT / 2 };
    }),
    lines: ways.map((way, number) => {
      const { points, x, y } = graph.edge(way.from, way.to, String(number)) as { points: Point[] } & Partial<Point>;
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
      return { ...way, points, at: { x: x ?? middle.x, y: y ?? middle.y } };
    }),
  };
}
