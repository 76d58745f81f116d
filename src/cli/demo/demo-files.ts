import {fileURLToPath} from 'node:url';

const scriptedAgent = fileURLToPath(new URL('./scripted-agent.js', import.meta.url));

/** JSON is YAML, and quotes every path rightly. */
const command = JSON.stringify([process.execPath, scriptedAgent, '{prompt}', '{files}']);

const CONFIG = `# The demo's agent types. Each is one agent: it does one task at a time.
maxParallel: 4
agents:
  code_developer:
    owns: ["src/**", "test/**"]
    command: ${command}
  architect:          # owns nothing: may write whatever nobody owns
    command: ${command}
  project_manager:
    command: ${command}
  assistant:
    readOnly: true    # writes nothing, so its files are in nobody's way
    command: ${command}
`;

const PLAN = `tasks:
  - {id: login, agent: code_developer, files: [src/login.ts], description: "write the login form (1.5 s)"}
  - {id: login-spec, agent: architect, files: [docs/architecture/login.md], description: "specify the login (1.4 s)"}
  - {id: roadmap, agent: project_manager, files: [docs/ROADMAP.md], description: "plan the next release (2.3 s)"}
  - {id: explain, agent: assistant, readOnly: true, description: "explain how sessions work (1.2 s)"}
  # the same agent as "login": waits for it
  - {id: session, agent: code_developer, files: [src/session.ts], description: "keep the session (1.2 s)"}
  # the same file as "roadmap": waits for it, although its agent is another and becomes free before
  - {id: milestones, agent: architect, files: [docs/ROADMAP.md], description: "add the milestones (0.9 s)"}
  # depends on "session"
  - {id: notes, agent: project_manager, files: [docs/release-notes.md], dependsOn: [session], description: "write the release notes (0.8 s)"}
  - {id: review, agent: assistant, readOnly: true, description: "review the login (1.0 s)"}
  - {id: session-spec, agent: architect, files: [docs/architecture/session.md], description: "specify the session (0.5 s)"}
`;

/** The repository of the demo, as it is committed before anything runs. */
export const demoFiles: Readonly<Record<string, string>> = {
  'README.md': '# A small web shop\n',
  'src/index.ts': "export const shop = 'open';\n",
  'test/index.test.ts': '// tests go here\n',
  'docs/ROADMAP.md': '# Roadmap\n',
  'disjoint.yaml': CONFIG,
  'plan.yaml': PLAN,
};
