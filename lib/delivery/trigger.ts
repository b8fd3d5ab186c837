// Line comments, since a pattern in a block comment would end it.
//
// Files whose merge delivers a project: those that delivery reads. A README or a document is in no pattern, and
// neither are another project's files. Only inclusions: AWS does not say whether an excluded file beside an included
// one holds a run back. "{*,**/*}" and not "**", so that a file directly in the folder matches, whichever rules of "**"
// the service keeps. At most 8 patterns, of 255 characters.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html

/** Glob patterns of the files whose merge to the branch delivers a project. */
export function deliveredPaths(project: { readonly name: string; readonly kind: string }): string[] {
  return [
    `projects/${project.name}/{*,**/*}.{py,json,html,yaml,lock,csv}`,
    'projects/platform.yaml',
    `templates/${project.kind}/kind.yaml`,
    '{bin,lambda,lib,operations}/{*,**/*}.{ts,cjs,json}',
    'pipelines/{*,**/*}.{ts,py,json,html}',
    'pipelines/image/{Dockerfile,serve}',
    '{package,package-lock,cdk,tsconfig}.json',
  ];
}
