/** The words for what is told as data, for doors that have to begin fast: the package as a whole takes a third of a second. */
export {describeBlocker, describePair, describeWait} from '../core/blocker.ts';
export {describeRefusal} from '../core/refusals.ts';
export {describeFigure} from '../core/resources.ts';
export {describeWarning} from '../core/warnings.ts';
